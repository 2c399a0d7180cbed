// Lets the shop be installed: <script data-worker="ADDRESS"> names its service worker. Without it nothing is missing but
// the page that says there is no network.
const { worker } = document.querySelector("script[data-worker]").dataset;
if ("serviceWorker" in navigator) navigator.serviceWorker.register(worker).catch(() => { /* private windows forbid it */ });
