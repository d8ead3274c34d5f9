// Asks whether the payer has paid, ever less often, and stops: the page works without it.
(function () {
  "use strict";
  const script = document.currentScript;
  const before = script.dataset.state;
  const SOONEST = 3000, LATEST = 15000, MOST = 240;
  const note = document.getElementById("waiting");
  let asked = 0;
  if (note) note.hidden = false;

  function stop() {
    if (note) note.hidden = true;
  }

  function goOn(now) {
    if (now.goes_to) window.location.replace(now.goes_to);
    else window.location.reload();
  }

  async function ask() {
    if (document.hidden) return wait();
    asked += 1;
    if (asked > MOST) return stop();
    try {
      const answer = await fetch(script.dataset.status, { cache: "no-store" });
      if (answer.status === 404) return stop();
      const now = answer.ok ? await answer.json() : { state: before };
      if (now.state !== before) return goOn(now);
    } catch {
      // Without a connection it asks again.
    }
    return wait();
  }

  function wait() {
    window.setTimeout(ask, Math.min(LATEST, SOONEST + asked * 250));
  }

  wait();
})();
