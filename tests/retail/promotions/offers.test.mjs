// Run by tests/retail/promotions/test_rules.py: cases on stdin, answers on stdout. Modules of
// the browser have no package.json that would name them ES modules: read and imported as such.

import { copyFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const here = new URL(".", import.meta.url).pathname;
const copy = join(mkdtempSync(join(tmpdir(), "offers-")), "offers.mjs");
copyFileSync(join(here, "../../../pos/static/pos/till/offers.js"), copy);
const { apply } = await import(pathToFileURL(copy).href);

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(({ goods, offers }) => apply(goods, offers))));
