// Fills the list of accounts from the bank's JSON API, as most banks' pages do.
const list = document.getElementById("accounts");
const problem = document.getElementById("accounts-problem");
const total = document.getElementById("total");

const money = (amount, currency) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency }).format(Number(amount));

function accountItem({ type, name, number, currency, balance }) {
  const item = document.createElement("li");
  item.className = `account ${type === "SAV" ? "savings" : "checking"}`;
  const add = (className, text) => {
    const part = document.createElement("span");
    part.className = className;
    part.textContent = text;
    item.append(part);
  };
  add("account-name", name);
  add("account-number", `•••• ${number.slice(-4)}`);
  add("account-balance", money(balance, currency));
  add("account-note", "Available balance");
  return item;
}

try {
  const response = await fetch("/api/v1/accounts", { headers: { accept: "application/json" } });
  if (response.status === 401) location.assign("/login");
  else if (!response.ok) throw new Error(`the accounts answered ${response.status}`);
  else {
    const { items } = await response.json();
    list.replaceChildren(...items.map(accountItem));
    total.textContent = `${money(
      items.reduce((sum, item) => sum + Number(item.balance), 0),
      "USD",
    )} in all`;
    total.hidden = false;
  }
} catch {
  list.replaceChildren();
  problem.hidden = false;
} finally {
  list.removeAttribute("aria-busy");
}
