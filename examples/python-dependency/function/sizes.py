"""Says how large a number of bytes is: GET /?bytes=1500000."""

import humanize


def handler(request, context):
    text = request.query.get("bytes", "0")
    if not text.isdigit():
        return {"status": 400, "body": f"bytes is {text!r}; give a whole number\n"}
    return f"{humanize.naturalsize(int(text))}\n"
