/** The authority's screens, and where each stands. */
import { Route, Switch } from "wouter";
import { Ready } from "../session/Ready.tsx";
import { useConnection } from "../session/Session.tsx";
import { AttributesScreen } from "./AttributesScreen.tsx";
import { CertificatesScreen } from "./CertificatesScreen.tsx";
import { QueueScreen } from "./QueueScreen.tsx";

export function AuthorityRooms() {
  const officer = useConnection().accounts?.storage;
  return (
    <Ready wallet>
      <Switch>
        <Route path="/authority/attributes">
          <AttributesScreen />
        </Route>
        <Route path="/authority/certificates">
          <CertificatesScreen />
        </Route>
        <Route>
          <QueueScreen key={officer} />
        </Route>
      </Switch>
    </Ready>
  );
}
