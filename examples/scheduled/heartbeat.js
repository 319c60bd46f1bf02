/** Called by a schedule with an empty POST; a call that fails is a failed run, which monitoring sees. */
exports.handler = (request, context) => {
    if (request.method !== "POST") {
        return { status: 405, headers: { allow: "POST" }, body: "only schedules call this\n" };
    }
    context.log.info("still here", { remaining: context.remainingMilliseconds() });
    return { status: 200, body: "done\n" };
};
