/**
 * One strand of a guilloche, the woven rosette of banknotes and certificates: a circle whose radius
 * swings `petals` times by `swing`. Several strands, turned against each other, make the weave.
 */
export function rosette(options: {
  centre: number;
  radius: number;
  swing: number;
  petals: number;
  turn: number;
}): string {
  const { centre, radius, swing, petals, turn } = options;
  const steps = petals * 12;
  let path = "";
  for (let step = 0; step <= steps; step += 1) {
    const angle = (step / steps) * 2 * Math.PI;
    const r = radius + swing * Math.sin(petals * angle + turn);
    const x = centre + r * Math.cos(angle);
    const y = centre + r * Math.sin(angle);
    path += `${step === 0 ? "M" : "L"}${x.toFixed(2)} ${y.toFixed(2)}`;
  }
  return `${path}Z`;
}
