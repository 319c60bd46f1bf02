"""The portable handler's adapter; it runs beside the user's code in a platform's function container."""
