// A barcode scanner is a keyboard that types very fast and ends with Enter. What it reads
// is never text for the field that happens to have the focus.

const GAP_MS = 70;
const SHORTEST = 6;
// A busy device hands over a scan with pauses; longer than this, it is another text.
const PAUSE_MS = 1000;

/**
 * Calls `onScan(text)` for what a scanner typed, wherever the focus is, and `onKey(event)`
 * before a letter that nobody would receive: the keypad or the scan field may take it.
 */
export function listen({ onScan, onKey }) {
  let read = "";
  // `read` with what came before it and the pauses that a busy device makes inside one scan
  let whole = "";
  let last = 0;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const gap = event.timeStamp - last;
      const fast = gap < GAP_MS;
      last = event.timeStamp;
      if (event.key === "Enter") {
        if (fast && read.length >= SHORTEST) {
          event.preventDefault();
          event.stopPropagation();
          // a device too busy for that has still put every sign into the field
          const field = event.target.matches("input") ? event.target.value.trim() : "";
          onScan(takeBack(event.target, better(better(read, whole), field)));
        }
        read = whole = "";
      } else if (event.key.length === 1) {
        read = fast ? read + event.key : event.key;
        whole = gap < PAUSE_MS ? whole + event.key : event.key;
        if (!receives(event.target) && event.key !== " ") onKey(event);
      }
    },
    true,
  );
}

const readers = [];

/** What is open and asks for a scan gets it, the last that opened first. Answers how to
 * leave again. */
export function readBy(read) {
  readers.push(read);
  return () => void readers.splice(readers.indexOf(read), 1);
}

/** Who gets what is scanned now; undefined where nobody asks for it. */
export const reader = () => readers.at(-1);

const receives = (target) => target.matches("input, textarea, select") || Boolean(target.closest("dialog"));

// What came with a pause counts where the end of it alone is nothing; a card is one with
// its letter, though its digits could be an article's.
function better(read, whole) {
  if (meaning(whole).kind === "customer") return whole;
  return !certain(read) && certain(whole) ? whole : read;
}

// Eight digits may be the end of a longer number that came with a pause: the check digit tells.
function certain(text) {
  const { kind, value } = meaning(text);
  if (kind !== "product") return kind !== "text";
  const digits = [...value].reverse().map(Number);
  return digits.reduce((sum, digit, place) => sum + digit * (place % 2 ? 3 : 1), 0) % 10 === 0;
}

// The letters that the scanner left in a field are not what the person typed there.
function takeBack(target, scanned) {
  if (target.matches("input") && target.value.endsWith(scanned)) {
    target.value = target.value.slice(0, -scanned.length);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return scanned;
}

/**
 * What a scanned or typed text is: {kind: product | customer | pickup | text, value}, and
 * `code` where it may be a pickup code as well.
 */
export function meaning(text) {
  const tidy = text.trim();
  const link = /\/01\/(\d{8,14})(?:\D|$)/.exec(tidy);
  if (link) return { kind: "product", value: link[1] };
  if (/^[WM]-?\d{8}$/i.test(tidy)) {
    const card = tidy.toUpperCase().replace("-", "");
    return { kind: "customer", value: `${card[0]}-${card.slice(1)}` };
  }
  const signs = tidy.toUpperCase().replace(/[\s-]/g, "");
  // the alphabet of pickup codes has no 0, 1, I, L, O, U
  const code = /^[2-9A-HJKMNP-TV-Z]{8}$/.test(signs) ? signs : undefined;
  if (/^(\d{8}|\d{12,14})$/.test(tidy)) return { kind: "product", value: tidy, code };
  if (code && /\d/.test(code)) return { kind: "pickup", value: code };
  return { kind: "text", value: tidy, code };
}
