// Goes on to the processor without waiting for the payer to press the button.
document.getElementById("onward").submit();
