/** The patient's screens, and where each stands. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Route, Switch } from "wouter";
import { Ready } from "../session/Ready.tsx";
import { useConnection } from "../session/Session.tsx";
import { AccessScreen } from "./AccessScreen.tsx";
import { InvitationScreen } from "./InvitationScreen.tsx";
import { KeysScreen } from "./KeysScreen.tsx";
import { RecordScreen } from "./RecordScreen.tsx";
import { RecordsScreen } from "./RecordsScreen.tsx";
import { TimelineScreen } from "./TimelineScreen.tsx";

export function PatientRooms() {
  return (
    <Ready keys wallet>
      <Forgetful />
      <Switch>
        <Route path="/patient/invite">
          <InvitationScreen />
        </Route>
        <Route path="/patient/records/:id">{({ id }) => <RecordScreen key={id} id={id} />}</Route>
        <Route path="/patient/access">
          <AccessScreen />
        </Route>
        <Route path="/patient/timeline">
          <TimelineScreen />
        </Route>
        <Route path="/patient/keys">
          <KeysScreen />
        </Route>
        <Route>
          <RecordsScreen />
        </Route>
      </Switch>
    </Ready>
  );
}

/** What records say doesn't stay in the page once its keys are locked, the patient has left, or uses another account. */
function Forgetful() {
  const queries = useQueryClient();
  const { storage, shared } = useConnection().accounts ?? {};
  // biome-ignore lint/correctness/useExhaustiveDependencies: another account has other records
  useEffect(() => () => queries.removeQueries({ queryKey: ["patient"] }), [queries, storage, shared]);
  return null;
}
