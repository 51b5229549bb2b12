// A page that takes memory until somebody stops it: what a bad script does by mistake, quickly.
const held = [];
setInterval(() => held.push(new Uint8Array(32 * 2 ** 20).fill(1)), 100);
