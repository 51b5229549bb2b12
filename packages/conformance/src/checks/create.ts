import { createSession, type Check } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, NotPossible, show, type Shape } from "../expect.ts";

const section = "Create Browser Session";
const hourMs = 3_600_000;
const shape: Shape = {
  sessionId: "uuid",
  status: "string",
  embedUrl: "url",
  platformId: "number",
  expiresAt: "time",
  createdAt: "time",
};

const lifeOf = ({ expiresAt, createdAt }: Record<string, unknown>) =>
  (Date.parse(String(expiresAt)) - Date.parse(String(createdAt))) / hourMs;

/** A field, and what it must not be. */
const refused: [field: string, what: string, values: unknown[]][] = [
  ["platformId", "absent", [undefined]],
  ["platformId", "not a positive whole number", ["1", null, true, [], {}, 1.5, 0, -1, 1e300]],
  ["platformId", "of no platform", [2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER]],
  ["expiresInHours", "below 1", [0, -1, -168]],
  ["expiresInHours", "above 168", [169, 1e9]],
  ["expiresInHours", "not a whole number", [1.5, "24", null, true, []]],
  ["receiverData", "not an object", ["x", 1, true, null, [], ["a"]]],
  ["externalReferenceId", "not a string", [1, true, null, {}, []]],
  ["externalReferenceId", "empty, or longer than 255", ["", "x".repeat(256)]],
  ["webhookUrl", "not a string", [1, true, null, {}, []]],
];

export const createChecks: Check[] = [
  ...Object.entries(shape).map(([field, kind]): Check => ({
    section,
    rule: `${field} is always there and ${kind}`,
    async run(context) {
      expectShape(await createSession(context), { [field]: kind }, "session");
    },
  })),
  {
    section,
    rule: "only platformId is required; status is CREATED, platformId that of the request",
    async run({ call, platformId }) {
      const answer = await call("POST", "/partner/browser-session", { body: { platformId } });
      const data = expectShape(expectSuccess(answer, 200, 201), shape, "session");
      expectThat(data["status"] === "CREATED", `status is ${show(data["status"])}`);
      expectThat(data["platformId"] === platformId, `platformId is ${show(data["platformId"])}`);
    },
  },
  {
    section,
    rule: "embedUrl names the session and carries a token; two sessions have different ones",
    async run(context) {
      const [one, other] = [await createSession(context), await createSession(context)];
      const url = new URL(one.embedUrl);
      expectThat(url.pathname.endsWith(`/verify/${one.sessionId}`), `embedUrl is ${url.origin}${url.pathname}`);
      expectThat((url.searchParams.get("token") ?? "").length >= 20, "embedUrl has no token");
      expectThat(one.sessionId !== other.sessionId && one.embedUrl !== other.embedUrl, "two sessions are one");
    },
  },
  {
    section,
    rule: "externalReferenceId is present only if given, and comes back letter by letter",
    async run(context) {
      expectThat(!("externalReferenceId" in (await createSession(context))), "it is there without being given");
      for (const given of ["user_abc123", "x".repeat(255), 'Zoë 🦊 / "quoted" \\ <b>']) {
        const { externalReferenceId } = await createSession(context, { externalReferenceId: given });
        expectThat(externalReferenceId === given, `${show(given)} came back as ${show(externalReferenceId)}`);
      }
    },
  },
  ...[1, 24, 168].map((hours): Check => ({
    section,
    rule: `expiresInHours ${hours} is taken: expiresAt is so much after createdAt`,
    async run(context) {
      const life = lifeOf(await createSession(context, { expiresInHours: hours }));
      expectThat(Math.abs(life - hours) < 0.01, `the session lives ${life} hours`);
    },
  })),
  {
    section,
    rule: "without expiresInHours it lives the maximum, 168 hours",
    async run(context) {
      const life = lifeOf(await createSession(context));
      expectThat(Math.abs(life - 168) < 0.01, `the session lives ${life} hours`);
    },
  },
  {
    section,
    rule: "receiverData of any fields is taken, and never comes back",
    async run(context) {
      const marker = "marker-of-the-receiver";
      const { sessionId, ...rest } = await createSession(context, {
        receiverData: { name: marker, email: "john@example.com", phone: "+1", nested: { a: [1, null, true] } },
      });
      const got = await context.call("GET", `/partner/browser-session/${sessionId}`);
      expectThat(!(JSON.stringify(rest) + got.text).includes(marker), "receiverData came back");
    },
  },
  {
    section,
    rule: "unknown fields are ignored and named in warnings; else there are none",
    async run(context) {
      const { warnings } = await createSession(context, { surprise: 1 });
      expectThat(Array.isArray(warnings) && show(warnings).includes("surprise"), `warnings are ${show(warnings)}`);
      expectThat(!("warnings" in (await createSession(context))), "there are warnings for nothing");
    },
  },
  ...refused.map(([field, what, values]): Check => ({
    section,
    rule: `${field} ${what} is 400 and named`,
    async run({ call, platformId }) {
      for (const value of values)
        expectRefusal(await call("POST", "/partner/browser-session", { body: { platformId, [field]: value } }), 400, {
          param: field,
        });
    },
  })),
  {
    section,
    rule: "an unknown platform is 400 platform_unknown",
    async run({ call }) {
      const body = { platformId: 2_000_000_000 };
      expectRefusal(await call("POST", "/partner/browser-session", { body }), 400, { code: "platform_unknown" });
    },
  },
  {
    section,
    rule: "a platform that is not active is 422 platform_inactive",
    async run({ call }) {
      const platforms = expectSuccess(await call("GET", "/partner/browser-platforms")) as {
        id: number;
        isActive: boolean;
      }[];
      const inactive = platforms.find(({ isActive }) => !isActive);
      if (!inactive) throw new NotPossible("needs a platform that is not active");
      const answer = await call("POST", "/partner/browser-session", { body: { platformId: inactive.id } });
      expectRefusal(answer, 422, { code: "platform_inactive", param: "platformId" });
    },
  },
];
