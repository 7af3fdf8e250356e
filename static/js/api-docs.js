// Starts Swagger UI on the page /docs/; the content policy allows no script inside the page itself.
const place = document.getElementById("api");
SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, docExpansion: "list", validatorUrl: null });
