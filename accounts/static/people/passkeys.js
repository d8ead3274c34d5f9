// The button does nothing before the library listens to it: it can be pressed from then on.
document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("passkey").disabled = false;
});
