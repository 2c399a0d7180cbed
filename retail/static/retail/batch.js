// Picking with a scanner: each scan is sent, one after the other, and the list comes back
// as it is then. What cannot be sent waits and is sent again, with the same id, so that it
// counts once. Without this script the same forms load the page again.

import { listen } from "./wedge.js";

const place = document.getElementById("batch");
const waiting = [];
let busy = false;
let audio = null;

// High for right, low and long for wrong: nobody has to look.
function beep(right) {
  try {
    audio ??= new AudioContext();
    const [voice, gain] = [audio.createOscillator(), audio.createGain()];
    const [at, long] = [audio.currentTime, right ? 0.12 : 0.45];
    voice.frequency.value = right ? 1040 : 180;
    voice.type = right ? "sine" : "square";
    gain.gain.setValueAtTime(0.15, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + long);
    voice.connect(gain).connect(audio.destination);
    voice.start(at);
    voice.stop(at + long);
  } catch {
    // No sound on this device: letter and colour tell.
  }
}

function show(html) {
  const open = [...place.querySelectorAll("details[open] summary b")].map((each) => each.textContent);
  place.innerHTML = html;
  for (const each of place.querySelectorAll("details summary b")) {
    if (open.includes(each.textContent)) each.closest("details").open = true;
  }
  const tone = place.querySelector(".hit")?.dataset.tone;
  if (tone) {
    beep(tone === "ok");
    navigator.vibrate?.(tone === "ok" ? 40 : [120, 60, 120]);
  }
  if (matchMedia("(pointer: fine)").matches) document.getElementById("scan")?.focus({ preventScroll: true });
}

function lost() {
  const told = place.querySelector(".told");
  if (told) told.textContent = place.dataset.lost.replace("{count}", waiting.length);
}

async function send() {
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const job = waiting[0];
    // the list that came last has a fresh id for the next scan; a second try keeps its own
    job.body ??= job.make();
    try {
      const answer = await fetch(job.url, { method: "POST", body: job.body, headers: { "X-Piece": "1" } });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      waiting.shift();
      show(await answer.text());
    } catch {
      lost();
      await new Promise((again) => setTimeout(again, 2000));
    }
  }
  busy = false;
}

function scanned(text) {
  const form = document.getElementById("scan-form");
  if (!form || !text) return;
  const make = () => {
    const body = new FormData(document.getElementById("scan-form") ?? form);
    body.set("scan", text);
    return body;
  };
  waiting.push({ url: form.action, make });
  void send();
}

listen(scanned, "#scan");

place.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "scan-form") {
    event.preventDefault();
    const field = form.elements.scan;
    scanned(field.value.trim());
    field.value = "";
  } else if ("piece" in form.dataset) {
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    waiting.push({ url: form.action, body });
    void send();
  }
});

// + and − count for the article in hand, wherever the focus is.
document.addEventListener("keydown", (event) => {
  if (!["+", "-"].includes(event.key) || event.target.matches("select, textarea, input:not(#scan)")) return;
  const wants = [...place.querySelectorAll(".now .want")];
  const pick = (want, sign) => want.querySelectorAll("form[data-piece] button")[sign === "+" ? 1 : 0];
  const button = (event.key === "+" ? wants : wants.reverse()).map((want) => pick(want, event.key)).find((each) => !each.disabled);
  if (!button) return;
  event.preventDefault();
  button.click();
});

if (matchMedia("(pointer: fine)").matches) document.getElementById("scan")?.focus();
