"""The smallest function."""


def handler(request, context):
    return f"Hello {request.query.get('name', 'world')}"
