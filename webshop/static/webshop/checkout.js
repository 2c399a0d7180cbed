// A mixed basket: what delivery costs follows the choices, before the page is sent. Without
// this the page says so when it is sent, and asks once more.

const form = document.querySelector("form.checkout");
const ways = [...form.querySelectorAll("select[data-sum]")];
const told = document.querySelector("[data-parted]");

function price(amount) {
  const language = document.documentElement.lang || "fr";
  return new Intl.NumberFormat(language, { style: "currency", currency: told.dataset.currency }).format(amount);
}

function count() {
  const sent = ways.filter((each) => each.value === "ship");
  const cents = (text) => Math.round(Number(text) * 100);
  const worth = sent.reduce((sum, each) => sum + cents(each.dataset.sum), 0);
  const free = !sent.length || worth >= cents(told.dataset.freeFrom);
  const parcel = free ? 0 : cents(told.dataset.fee);
  form.elements.parcel.value = (parcel / 100).toFixed(2);
  told.querySelector("[data-parcel]").textContent = parcel ? price(parcel / 100) : told.dataset.free;
  told.querySelector("[data-total]").textContent = price((cents(told.dataset.goods) + parcel) / 100);
}

if (told && ways.length) {
  for (const each of ways) each.addEventListener("change", count);
  count();
}
