/**
 * The square in the top left corner of every page of the bench. Each press of the pointer gives it the next of
 * eight colours, each channel fully on or off, so that it is told apart after any codec.
 */
export const markerPoint = { x: 12, y: 6 } as const;
export const markerStates = 8;
/** Of the login page, on which nothing else has been drawn before. */
export const loginMarker = 2;

/** 0 to 7, as the site's script counts. */
export function markerState({ red, green, blue }: { red: number; green: number; blue: number }): number {
  return (red > 127 ? 1 : 0) + (green > 127 ? 2 : 0) + (blue > 127 ? 4 : 0);
}

export const nextState = (state: number) => (state + 1) % markerStates;
