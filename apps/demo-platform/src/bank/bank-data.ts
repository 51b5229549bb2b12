/** What the bank knows of its one customer, who has many usernames. Amounts are decimal strings, as the JSON API gives them. */
export const owner = { name: "Jane Doe" } as const;

export const accounts = [
  { type: "CHK", name: "Everyday Checking", number: "000123451234", currency: "USD", balance: "2543.10" },
  { type: "SAV", name: "Rainy Day Savings", number: "000987655678", currency: "USD", balance: "12800.00" },
] as const;

const closingBalances = ["2391.42", "2718.05", "2204.87", "1986.30", "2450.76", "2122.19"] as const;

export interface Statement {
  date: Date;
  period: Date;
  closingBalance: string;
}

/** The checking account's last six months, newest first. Issued on the last day of the month. */
export function listStatements(now: Date): Statement[] {
  return closingBalances.map((closingBalance, index) => ({
    date: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - index, 0)),
    period: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - index - 1, 1)),
    closingBalance,
  }));
}

export interface Transaction {
  date: Date;
  text: string;
  kind: string;
  amount: string;
}

/** The checking account's newest entries, relative to today. */
export function listTransactions(now: Date): Transaction[] {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  return [
    { date: daysAgo(1), text: "Corner Market", kind: "Card payment", amount: "-38.64" },
    { date: daysAgo(2), text: "Halden Transit", kind: "Card payment", amount: "-24.00" },
    { date: daysAgo(4), text: "Brightwater Studio", kind: "Salary", amount: "2180.00" },
    { date: daysAgo(5), text: "Elm Street Property", kind: "Standing order", amount: "-1150.00" },
    { date: daysAgo(8), text: "Rainy Day Savings", kind: "Transfer", amount: "-200.00" },
  ];
}
