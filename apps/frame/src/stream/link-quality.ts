export const linkQualities = ["good", "fair", "poor"] as const;

/** How the way to the remote page feels to who uses it. */
export type LinkQuality = (typeof linkQualities)[number];

/** Round trips, milliseconds, from which it gets worse; and below which it has to come to get better again. */
const worse = { fair: 300, poor: 900 } as const;
const better = { fair: 200, poor: 600 } as const;
/** So many in a row must agree, or a single late answer would make it flicker. */
const agreeing = 2;
/** Nobody needs a second look at this. */
const hopelessMs = 3_000;

export interface LinkQualityMeter {
  readonly quality: LinkQuality;
  /** The last round trip spoke for another class: the next one decides. */
  readonly undecided: boolean;
  note(roundTripMs: number): LinkQuality;
}

/** Round trips in, one of three classes out, with hysteresis in size and in number. */
export function createLinkQuality(): LinkQualityMeter {
  let quality: LinkQuality = "good";
  let others = 0;
  return {
    get quality() {
      return quality;
    },
    get undecided() {
      return others > 0;
    },
    note(roundTripMs) {
      const seen = classOf(roundTripMs, quality);
      others = seen === quality ? 0 : others + 1;
      if (others >= agreeing || (seen === "poor" && roundTripMs >= hopelessMs)) {
        quality = seen;
        others = 0;
      }
      return quality;
    },
  };
}

/** What this round trip speaks for, coming from `now`. */
function classOf(ms: number, now: LinkQuality): LinkQuality {
  if (ms >= (now === "poor" ? better.poor : worse.poor)) return "poor";
  return ms >= (now === "good" ? worse.fair : better.fair) ? "fair" : "good";
}
