"use strict";
const viewer = document.getElementById("viewer");
Redoc.init(viewer.dataset.document, { hideDownloadButton: true, jsonSampleExpandLevel: 1 }, viewer);
