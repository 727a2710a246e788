/** The requester's screens, and where each stands. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Route, Switch } from "wouter";
import { Ready } from "../session/Ready.tsx";
import { useConnection } from "../session/Session.tsx";
import { FindScreen } from "./FindScreen.tsx";
import { ReadScreen } from "./ReadScreen.tsx";
import { RequestScreen } from "./RequestScreen.tsx";
import { RequestsScreen } from "./RequestsScreen.tsx";
import { WhoScreen } from "./WhoScreen.tsx";

export function RequesterRooms() {
  return (
    <Ready keys wallet>
      <Forgetful />
      <Switch>
        <Route path="/requester/find/*">
          {(rest) => <FindScreen key={rest["*"]} text={rest["*"] ?? ""} />}
        </Route>
        <Route path="/requester/requests">
          <RequestsScreen />
        </Route>
        <Route path="/requester/requests/:id">{({ id }) => <RequestScreen key={id} id={id} />}</Route>
        <Route path="/requester/attributes">
          <WhoScreen />
        </Route>
        <Route>
          <ReadScreen />
        </Route>
      </Switch>
    </Ready>
  );
}

/** What records say doesn't stay in the page once its keys are locked, the account is another, or the reader has left. */
function Forgetful() {
  const queries = useQueryClient();
  const account = useConnection().accounts?.storage;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another account is another reader
  useEffect(() => () => queries.removeQueries({ queryKey: ["requester"] }), [queries, account]);
  return null;
}
