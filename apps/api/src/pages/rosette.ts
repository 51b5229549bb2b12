import { html, type Html } from "./html.ts";

const size = 400;
const centre = size / 2;

/** The woven ring of certificates and banknotes: one line that goes round and round and never repeats a turn. */
function weave(options: { radius: number; swing: number; petals: number; turns: number }): string {
  const steps = options.turns * 150;
  const points = Array.from({ length: steps }, (_, step) => {
    const angle = (step / steps) * 2 * Math.PI * options.turns;
    const reach = options.radius + options.swing * Math.sin((options.petals / options.turns) * angle);
    return `${(centre + reach * Math.cos(angle)).toFixed(1)} ${(centre + reach * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}

const rings = [
  { radius: 150, swing: 38, petals: 61, turns: 7 },
  { radius: 88, swing: 26, petals: 41, turns: 6 },
];

/** Decoration: the same figure as the frame's seal. */
export const rosette: Html = html`<svg class="rosette" viewBox="0 0 ${size} ${size}" aria-hidden="true">
  ${rings.map((ring) => html`<path d="${weave(ring)}" />`)}
  <circle cx="${centre}" cy="${centre}" r="52" />
  <path class="tick" d="M178 201l15 15 30-32" />
</svg>`;
