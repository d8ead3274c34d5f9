// Lets Stripe's own script perform the payer's step. What came of it, our server asks Stripe.
(() => {
  const step = JSON.parse(document.getElementById("step").textContent);
  const library = document.createElement("script");
  library.src = step.library ?? "https://js.stripe.com/v3/";
  library.onload = async () => {
    try {
      const there = window.Stripe(step.publishable_key);
      await there.handleNextAction({ clientSecret: step.client_secret });
    } finally {
      document.getElementById("done").submit();
    }
  };
  document.head.append(library);
})();
