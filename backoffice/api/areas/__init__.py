"""The functions behind the routes, one module for each area; the first line of each is its title in the OpenAPI document."""
