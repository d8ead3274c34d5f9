"use strict";
const viewer = document.getElementById("viewer");
SwaggerUIBundle({
  domNode: viewer,
  url: viewer.dataset.document,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  // A badge that asks a server outside would tell it of this installation.
  validatorUrl: null,
  // A key is forgotten with the page.
  persistAuthorization: false,
  defaultModelsExpandDepth: -1,
});
