// Ctrl-K, Command-K and "/" lead to the box in the header. Without this file the box is there all
// the same.
"use strict";

document.addEventListener("keydown", (event) => {
    const box = document.getElementById("console-find");
    if (!box) {
        return;
    }
    const key = event.key.toLowerCase();
    const called = key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const inField = event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !inField;
    if (called || slash) {
        event.preventDefault();
        box.focus();
        box.select();
    }
});
