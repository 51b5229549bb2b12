import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createTicketOffice, ticketLifeMs } from "./ticket-office.ts";

const target = { address: "192.0.2.1", port: 443 };
const ticket = { connection: "c", link: "l", session: "s", host: "bank.test", ...target };

it("gives a ticket that is good once and for 30 seconds", () => {
  let now = 0;
  const office = createTicketOffice({ now: () => now, randomBytes });
  const early = office.give(ticket);
  const late = office.give(ticket);
  expect(office.outstanding).toBe(2);
  now = ticketLifeMs - 1;
  expect(office.redeem(early, target)).toMatchObject(ticket);
  expect(office.redeem(early, target)).toBeNull();
  now = ticketLifeMs;
  expect(office.redeem(late, target)).toBeNull();
  expect(office.outstanding).toBe(0);
});

it("uses up a ticket that is shown for another address", () => {
  const office = createTicketOffice({ now: () => 0, randomBytes });
  const text = office.give(ticket);
  expect(office.redeem(text, { ...target, port: 80 })).toBeNull();
  expect(office.redeem(text, target)).toBeNull();
});
