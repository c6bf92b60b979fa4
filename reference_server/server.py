"""The parts of a running server, put together once: settings, schemas, database, and a service per transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from sqlite3 import Connection

from reference_server.authentication import Authenticator
from reference_server.cursors import Cursors
from reference_server.database import Database
from reference_server.discovery import Discovery
from reference_server.effort import Effort
from reference_server.intake import Intake
from reference_server.messages import Call
from reference_server.presenting import Presenter
from reference_server.resources import Resources
from reference_server.schema import Catalogue
from reference_server.service import Service
from reference_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Unit:
    """One transaction of one tenant: what is done, and how it is shown."""

    service: Service
    presenter: Presenter


class Server:
    """What all requests share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        catalogue = Catalogue.load(settings.schema_file)
        self.catalogue = catalogue.qualified() if settings.interop else catalogue
        self.database = Database(settings.database)
        self.authenticator = Authenticator(settings)
        self.discovery = Discovery(settings, self.catalogue)
        self.intake = Intake(interop=settings.interop)
        with self.database.preparing() as connection:
            self.collections = {tenant: self._collections(connection, tenant) for tenant in settings.tenants}
            (secret,) = connection.execute("SELECT cursors FROM secret").fetchone()
        self.cursors = Cursors(secret, settings.limits.cursor_timeout)
        for tenant in settings.tenants:
            self._furnish(tenant)

    def _collections(self, connection: Connection, tenant: str) -> Mapping[str, int]:
        """The number of each collection of a tenant's resources, by type."""
        connection.executemany(
            "INSERT OR IGNORE INTO collection (tenant, type) VALUES (?, ?)",
            [(tenant, name) for name in self.catalogue.resource_types],
        )
        found = connection.execute("SELECT type, number FROM collection WHERE tenant = ?", (tenant,))
        return {name: number for name, number in found if name in self.catalogue.resource_types}

    def _furnish(self, tenant: str) -> None:
        """Put in what further types bring along, once."""
        with self.database.preparing() as connection:
            service = self._unit(connection, tenant, Effort()).service
            for kind in self.catalogue.resource_types.values():
                number = self.collections[tenant][kind.name]
                there = connection.execute("SELECT 1 FROM resource WHERE collection = ? LIMIT 1", (number,))
                for body in () if there.fetchone() else kind.resources:
                    service.create(kind, {"schemas": [kind.schema.id], **body})

    @contextmanager
    def reading(self, call: Call) -> Iterator[Unit]:
        """A transaction that only reads; TookTooLongError where it takes too long."""
        effort = call.effort(self.settings.limits.query_timeout)
        with self.database.reading(effort) as connection:
            yield self._unit(connection, call.caller.tenant, effort)

    @contextmanager
    def writing(self, call: Call) -> Iterator[Unit]:
        """A transaction that holds entirely or not at all; BusyError where it takes too long, or others write."""
        effort = call.effort(self.settings.limits.write_timeout)
        with self.database.writing(effort) as connection:
            yield self._unit(connection, call.caller.tenant, effort)

    def _unit(self, connection: Connection, tenant: str, effort: Effort) -> Unit:
        size = self.settings.limits.max_payload_size
        resources = Resources(connection, self.catalogue, self.collections[tenant], effort, size)
        presenter = Presenter(resources, self.settings.base_url)
        return Unit(Service(resources, self.intake, self.settings, presenter.member), presenter)
