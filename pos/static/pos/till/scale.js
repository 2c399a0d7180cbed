// The scale beside the till. One that is plugged in takes the place of the simulated one
// behind `connect`: an object with `simulated` and `read()`, which answers grams once the
// pan is still. No DOM here.

const LIGHTEST = 120;
const HEAVIEST = 1900;
const STEP = 2;

const pretended = {
  simulated: true,
  read: async () => LIGHTEST + STEP * Math.floor((Math.random() * (HEAVIEST - LIGHTEST)) / STEP),
};

let scale = pretended;

export const connect = (other) => { scale = other; };
export const isSimulated = () => scale.simulated;
export const readScale = () => scale.read();
