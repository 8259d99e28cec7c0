// A shop's page as it would use the client; compiled by a test, never run.
import { type Client, type Suggestions, connect } from "../../../../deploy/types/client.js";

const token = async () => (await fetch("/shop/token", { method: "POST" })).json();
const tsuide: Client = connect({ token, language: "ja" });

tsuide.track("add_to_cart", { items: [{ item_id: "85123A", price: 2.55, quantity: 6 }], currency: "GBP", value: 15.3 });
tsuide.track("search", { search_term: "lantern" });
const off: () => void = tsuide.subscribe("accessories", (list, offer) => {
  const names = list?.items.map((item) => `${item.item_name}: ${item.reason.text}`) ?? [];
  document.title = `${names.length} ${offer?.expires_ms ?? ""}`;
});
tsuide.dismiss("85123A", "accessories");
void tsuide.consent("opt_out");
off();

const element = document.querySelector<Suggestions>("tsuide-suggestions");
if (element) element.picture = (item) => document.createTextNode(item.item_id);

// @ts-expect-error no such event
tsuide.track("add_to_basket");

// @ts-expect-error a token is needed to connect
connect({ language: "en" });

// @ts-expect-error no such choice
void tsuide.consent("maybe");
