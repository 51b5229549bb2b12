import { describe, expect, it } from "vitest";
import type { FocusedField } from "@attestream/shared/viewer-protocol";
import { keyboardLook } from "./keyboard-look.ts";

const field: FocusedField = {
  inputMode: "text",
  secret: false,
  multiline: false,
  enterKeyHint: "go",
  autocapitalize: "off",
  autocomplete: "off",
  x: 0,
  y: 0,
  width: 100,
  height: 20,
};
const phone = { touch: true, wantsCode: false };

describe("the hidden field on a phone", () => {
  it("takes keyboard, enter key, capitals and autofill from the page's field", () => {
    expect(
      keyboardLook(
        { ...field, inputMode: "email", enterKeyHint: "next", autocapitalize: "words", autocomplete: "username" },
        phone,
      ),
    ).toMatchObject({
      type: "text",
      inputMode: "email",
      enterkeyhint: "next",
      autocapitalize: "words",
      autocomplete: "username",
    });
  });

  it("hides a password from the keyboard's memory and names none to be kept", () => {
    expect(keyboardLook({ ...field, secret: true, autocomplete: "current-password" }, phone)).toMatchObject({
      type: "password",
      autocomplete: "off",
      "data-1p-ignore": true,
    });
  });

  it("takes codes from messages where the site asks for one without saying so", () => {
    expect(keyboardLook(field, { touch: true, wantsCode: true }).autocomplete).toBe("one-time-code");
    expect(keyboardLook({ ...field, autocomplete: "email" }, { touch: true, wantsCode: true }).autocomplete).toBe(
      "email",
    );
    expect(keyboardLook(null, { touch: true, wantsCode: true }).autocomplete).toBe("off");
  });
});

it("the hidden field elsewhere is plain, and offers nothing", () => {
  expect(
    keyboardLook({ ...field, secret: true, autocomplete: "username" }, { touch: false, wantsCode: true }),
  ).toMatchObject({ type: "text", autocomplete: "off", "data-lpignore": "true" });
});
