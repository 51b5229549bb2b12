import { describe, expect, it } from "vitest";
import { fieldLook, valueOf } from "./field-look.ts";

const field = { id: "a", label: "A" } as const;

describe("a field of the page as one of ours", () => {
  it("brings up the right keyboard and what the phone may fill in", () => {
    expect(fieldLook({ ...field, type: "code", autocomplete: "one-time-code" }, true)).toMatchObject({
      type: "text",
      inputMode: "numeric",
      autocomplete: "one-time-code",
      enterkeyhint: "send",
    });
    expect(fieldLook({ ...field, type: "password", autocomplete: "current-password" }, false)).toMatchObject({
      type: "password",
      autocomplete: "current-password",
      enterkeyhint: "next",
    });
    expect(fieldLook({ ...field, type: "email" }, false)).toMatchObject({ inputMode: "email", autocomplete: "off" });
  });

  it("gives codes without the gaps they are written with, and nothing that is no letter", () => {
    expect(valueOf({ ...field, type: "code" }, " 123 456 ")).toBe("123456");
    expect(valueOf({ ...field, type: "password" }, " a b\t")).toBe(" a b");
  });
});
