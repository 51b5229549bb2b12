import { receivedWebhook } from "./partner-record.ts";
import { patience, type TestSystem } from "./start-test-system.ts";
import type { EndUser } from "@attestream/standalone/end-user";
import type { TerminalStatus } from "@attestream/shared";

interface Walk {
  /** What the user does after having agreed. */
  act(user: EndUser): Promise<void>;
  endsAs: TerminalStatus;
}

/** Ways through Demo Bank that users take most, good and bad. */
export const walks = {
  happy: {
    async act(user) {
      await user.logIn("user_good", "pass_good");
      await user.enterCode("123456");
    },
    endsAs: "COMPLETED",
  },
  "wrong password": {
    async act(user) {
      await user.logIn("user_good", "not the password");
      await user.frame.getByText("Incorrect username or password").waitFor();
      await user.logIn("user_good", "pass_good");
      await user.enterCode("123456");
    },
    endsAs: "COMPLETED",
  },
  locked: { act: (user) => user.logIn("user_locked", "pass_good"), endsAs: "ERROR" },
  cancel: {
    async act(user) {
      await user.waitForChallenge("login");
      await user.cancel();
    },
    endsAs: "CANCELLED",
  },
  offer: {
    async act(user) {
      await user.logIn("user_offer", "pass_good");
      await user.enterCode("123456");
    },
    endsAs: "COMPLETED",
  },
  partial: {
    async act(user) {
      await user.logIn("user_nostatements", "pass_good");
      await user.enterCode("123456");
    },
    endsAs: "PARTIAL_COMPLETE",
  },
} satisfies Record<string, Walk>;

export type WalkName = keyof typeof walks;

/** One session, from the partner's page to the end that the walk must have and the partner's webhook of it. */
export async function takeWalk(test: TestSystem, name: WalkName): Promise<void> {
  const { act, endsAs }: Walk = walks[name];
  const user = await test.openEndUser();
  try {
    const sessionId = await user.startVerification(test.system.partnerUrl);
    await user.agree();
    await act(user);
    await user.waitForStatus(endsAs, patience());
    const webhook = await receivedWebhook(test.system.partnerUrl, sessionId, patience());
    if (!webhook.ok || webhook.payload.status !== endsAs) throw new Error(`The webhook does not tell of ${endsAs}.`);
  } finally {
    await user.close();
  }
}
