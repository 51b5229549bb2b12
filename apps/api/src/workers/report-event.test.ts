import { expect, test } from "vitest";
import { evidenceGapCodes, type ExtractionResult } from "@attestream/shared/worker-protocol";
import { whyPartial } from "./report-event.ts";

const whole: ExtractionResult = {
  extractedData: {},
  failedParts: [],
  workflow: { name: "bank", version: "1.0.0", hash: "h" },
  browser: { product: "Chromium", version: "156" },
  isolationLevel: "L2",
};

test("of the gaps in the evidence only an attestor that was away makes a session partial", () => {
  expect(whyPartial(whole)).toBeNull();
  for (const code of evidenceGapCodes) {
    const expected = code === "attestor_unavailable" ? "ATTESTOR_UNAVAILABLE" : null;
    expect(whyPartial({ ...whole, withoutEvidence: [{ part: "account", code }] })).toBe(expected);
  }
});

test("a part that failed is told before it", () => {
  expect(
    whyPartial({
      ...whole,
      failedParts: [{ part: "statements", code: "EXTRACTION_FAILED" }],
      withoutEvidence: [{ part: "account", code: "attestor_unavailable" }],
    }),
  ).toBe("EXTRACTION_FAILED");
});
