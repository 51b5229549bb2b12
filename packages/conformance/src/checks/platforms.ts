import type { Check } from "../check.ts";
import { expectShape, expectSuccess, expectThat, type Shape } from "../expect.ts";

const section = "Get Available Platforms";
const shape: Shape = {
  id: "number",
  name: "string",
  displayName: "string",
  description: "string|null",
  icon: "string|null",
  loginUrl: "url",
  allowCustomUrl: "boolean",
  config: "object|null",
  isActive: "boolean",
  createdAt: "time",
  updatedAt: "time|null",
};

export const platformChecks: Check[] = [
  {
    section,
    rule: "data is an array with at least one platform",
    async run({ call }) {
      const data = expectSuccess(await call("GET", "/partner/browser-platforms"));
      expectThat(Array.isArray(data) && data.length > 0, "data is not an array, or empty");
    },
  },
  ...Object.entries(shape).map(([field, kind]): Check => ({
    section,
    rule: `${field} is always there and ${kind.replace("|", " or ")}`,
    async run({ call }) {
      const data = expectSuccess(await call("GET", "/partner/browser-platforms")) as unknown[];
      for (const platform of data) expectShape(platform, { [field]: kind }, "platform");
    },
  })),
  {
    section,
    rule: "ids and names are unique, updatedAt is not before createdAt",
    async run({ call }) {
      const data = expectSuccess(await call("GET", "/partner/browser-platforms")) as {
        id: number;
        name: string;
        createdAt: string;
        updatedAt: string | null;
      }[];
      expectThat(new Set(data.map(({ id }) => id)).size === data.length, "an id stands twice");
      expectThat(new Set(data.map(({ name }) => name)).size === data.length, "a name stands twice");
      for (const { name, createdAt, updatedAt } of data)
        expectThat(updatedAt === null || updatedAt >= createdAt, `${name} was updated before it was created`);
    },
  },
  {
    section,
    rule: "icon, where there is one, is a URL that a page can show",
    async run({ call }) {
      const data = expectSuccess(await call("GET", "/partner/browser-platforms")) as { icon: string | null }[];
      for (const { icon } of data) expectThat(icon === null || URL.canParse(icon), `icon is ${icon}`);
    },
  },
];
