import { FunctionRuntime } from "../args";

/**
 * Programs that make one call and fail when the answer is no success. They read FUNCTION_URL, FUNCTION_HEADERS (JSON) and
 * FUNCTION_TIMEOUT_SECONDS, and say what was answered.
 */
export const callCommands: Readonly<Record<FunctionRuntime, string[]>> = {
    [FunctionRuntime.Nodejs]: [
        "node",
        "-e",
        `const { FUNCTION_URL: url, FUNCTION_HEADERS: fields, FUNCTION_TIMEOUT_SECONDS: seconds } = process.env;
const headers = JSON.parse(fields.replaceAll("{now}", new Date().toISOString()));
const fail = (error) => {
    console.error(error.message);
    process.exitCode = 1;
};
const signal = AbortSignal.timeout(Number(seconds) * 1000);
const request = require("node:http").request(url, { method: "POST", headers, signal }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk) => (text = (text + chunk).slice(0, 2000)));
    answer.on("error", fail).on("end", () => {
        console.log(answer.statusCode, text);
        process.exitCode = answer.statusCode >= 200 && answer.statusCode < 300 ? 0 : 1;
    });
});
request.on("error", fail).end();
`,
    ],
    [FunctionRuntime.Python]: [
        "python3",
        "-c",
        `import datetime, http.client, json, os, sys, urllib.parse
url = urllib.parse.urlsplit(os.environ["FUNCTION_URL"])
now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
headers = json.loads(os.environ["FUNCTION_HEADERS"].replace("{now}", now))
try:
    connection = http.client.HTTPConnection(url.netloc, timeout=float(os.environ["FUNCTION_TIMEOUT_SECONDS"]))
    connection.request("POST", url.path, body=b"", headers=headers)
    answer = connection.getresponse()
    print(answer.status, answer.read().decode(errors="replace")[:2000])
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"{type(error).__name__}: {error}")
sys.exit(0 if 200 <= answer.status < 300 else 1)
`,
    ],
};
