def handler(request, context):
    """Greets whoever the query names."""
    context.log.info("greeting", name=request.query.get("name"))
    return {"status": 200, "body": f"Hello {request.query.get('name', 'world')}\n"}
