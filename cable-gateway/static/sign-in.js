// Asks every three seconds whether the television answered; the page itself then leads on.
"use strict";
const waiting = document.getElementById("waiting");
async function ask() {
  try {
    const answer = await fetch(`/authorize/${waiting.dataset.request}/progress`, { cache: "no-store" });
    if (answer.ok && (await answer.json()).stage !== waiting.dataset.stage) {
      location.reload();
      return;
    }
  } catch {
    // The network is away for a moment; the next question may pass.
  }
  setTimeout(ask, 3000);
}
setTimeout(ask, 3000);
