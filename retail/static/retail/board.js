// The board asks for its lanes every three seconds. This adds what the server cannot: it
// knows which orders are new to this screen, says so (title, one spoken sentence, a sound
// if wanted, a badge on the app's icon), and never swaps the cards away under a finger.
// Arrow keys walk from card to card; a scan anywhere opens the order of that code or bag.

import { listen } from "./wedge.js";

const lanes = document.getElementById("lanes");
const news = document.getElementById("news");
const said = document.getElementById("said");
const sound = document.getElementById("sound");
const title = document.title;
const seen = new Set();
const fresh = new Set();
let pressed = false;
let audio = null;

const key = (element) => `${element.dataset.job} ${element.dataset.state === "checked_in" ? "here" : ""}`;

// What is on the board, and what of it was not there before.
function look() {
  const now = [...lanes.querySelectorAll("[data-job]")];
  const news = now.filter((each) => !seen.has(key(each)) && ["placed", "checked_in"].includes(each.dataset.state));
  for (const each of now) seen.add(key(each));
  return news;
}

function mark() {
  for (const each of lanes.querySelectorAll("[data-job]")) {
    if (fresh.has(each.dataset.job)) each.closest(".pickup")?.setAttribute("data-new", "");
  }
  tell();
}

// How many are new: in the title, and on the icon of an installed app.
function tell() {
  document.title = fresh.size ? `(${fresh.size}) ${title}` : title;
  const told = fresh.size ? navigator.setAppBadge?.(fresh.size) : navigator.clearAppBadge?.();
  told?.catch(() => {}); // refused where the page is not installed: the title tells
}

function wanted() {
  try {
    return localStorage.getItem("board-sound") === "on";
  } catch {
    return false;
  }
}

function showSound() {
  const on = sound.getAttribute("aria-pressed") === "true";
  sound.querySelector("span").textContent = on ? sound.dataset.on : sound.dataset.off;
  const use = sound.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, on ? "#bell" : "#mute"));
}

// Two short tones; a browser lets a page sound only after somebody touched it.
function ring() {
  if (sound.getAttribute("aria-pressed") !== "true") return;
  audio ??= new AudioContext();
  for (const [delay, tone] of [[0, 660], [0.18, 880]]) {
    const [voice, gain] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + delay;
    voice.frequency.value = tone;
    gain.gain.setValueAtTime(0.2, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.16);
    voice.connect(gain).connect(audio.destination);
    voice.start(at);
    voice.stop(at + 0.17);
  }
}

sound.addEventListener("click", () => {
  const on = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", String(on));
  try {
    localStorage.setItem("board-sound", on ? "on" : "off");
  } catch {
    // Storage may be forbidden; the choice then lasts for this page.
  }
  showSound();
  ring();
});

// Whoever touches the page has seen it; a sound that was wanted before may play now.
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    audio?.resume();
    if (!fresh.size) return;
    fresh.clear();
    tell();
  });
}
lanes.addEventListener("pointerdown", () => { pressed = true; });
for (const kind of ["pointerup", "pointercancel"]) {
  // after the click that follows
  document.addEventListener(kind, () => setTimeout(() => { pressed = false; }, 50));
}

const polls = (event) => event.detail.elt === lanes;

lanes.addEventListener("htmx:configRequest", (event) => {
  if (!polls(event)) return;
  if (pressed) event.preventDefault();
  event.detail.headers["If-None-Match"] = lanes.dataset.etag;
});

lanes.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 304 || (polls(event) && pressed)) {
    event.detail.shouldSwap = false;
  } else if (xhr.getResponseHeader("ETag")) {
    lanes.dataset.etag = xhr.getResponseHeader("ETag");
  }
});

lanes.addEventListener("htmx:afterSwap", () => {
  const found = look();
  for (const each of found) fresh.add(each.dataset.job);
  mark();
  if (!found.length) return;
  said.textContent = found.at(-1).dataset.says;
  ring();
});

// ← → walk between lanes, ↑ ↓ within one; Enter does what the card offers.
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, select, textarea")) return;
  const columns = [...lanes.querySelectorAll(".arrivals, .lane")].map((lane) => [...lane.querySelectorAll(".pickup")]).filter((cards) => cards.length);
  if (!columns.length) return;
  event.preventDefault();
  const card = event.target.closest?.(".pickup");
  let column = columns.findIndex((cards) => cards.includes(card));
  let row = column < 0 ? 0 : columns[column].indexOf(card);
  if (column < 0) column = 0;
  else {
    column = Math.min(Math.max(column + step[0], 0), columns.length - 1);
    row = Math.min(Math.max(row + step[1], 0), columns[column].length - 1);
  }
  const goal = columns[column][row];
  (goal.querySelector("[id^=do-], [id^=go-]") ?? goal.querySelector("button, a.btn, a"))?.focus();
  goal.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// The code field is what a scan means, wherever the focus is.
const code = document.getElementById("code");
if (code) {
  listen((text) => {
    code.value = text;
    code.form.requestSubmit();
  }, "#code");
}

function connected(fine) {
  if (fine) {
    news.textContent = news.dataset.fine;
    delete news.dataset.since;
  } else if (!news.dataset.since) {
    news.dataset.since = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: news.dataset.zone });
    news.textContent = news.dataset.lost.replace("{time}", news.dataset.since);
  }
  news.dataset.tone = fine ? "" : "bad";
  news.classList.toggle("toned", !fine);
}

// 503 with Retry-After: the dial is being turned. The line is well, and ui.js sends it again.
const turns = (xhr) => xhr?.status === 503 && xhr.getResponseHeader("Retry-After") !== null;

lanes.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => connected((xhr?.status > 0 && xhr.status < 500) || turns(xhr)));

sound.setAttribute("aria-pressed", String(wanted()));
showSound();
look();
