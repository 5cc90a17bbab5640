"""What a resolved compose file lets one guess of a system, and why. Pure: nobody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from drills.stack.engines.composed import Composed, Service

# What an image is by its name's last part. Whoever answers customers over HTTP is none of them.
_STORES: Mapping[str, str] = {
    "postgres": "PostgreSQL", "postgis": "PostgreSQL", "timescaledb": "PostgreSQL",
    "mysql": "MySQL", "mariadb": "MariaDB", "percona": "MySQL",
    "mongo": "MongoDB", "redis": "Redis", "valkey": "Valkey", "memcached": "Memcached",
    "rabbitmq": "RabbitMQ", "kafka": "Kafka", "nats": "NATS", "elasticsearch": "Elasticsearch",
    "opensearch": "OpenSearch", "minio": "MinIO", "etcd": "etcd", "zookeeper": "ZooKeeper",
}  # fmt: skip
_PORTS: Mapping[int, str] = {
    5432: "PostgreSQL", 3306: "MySQL or MariaDB", 27017: "MongoDB", 6379: "Redis",
    11211: "Memcached", 5672: "RabbitMQ", 9092: "Kafka", 4222: "NATS",
}  # fmt: skip
_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)[^\s'\"|;&)]*")
_WEB = (80, 443, 3000, 4000, 5000, 8000, 8080, 8081, 8443, 8888, 9000)


@dataclass(frozen=True, slots=True)
class Door:
    """A published port of a service. ``path`` is what its own health check asks there, or ""."""

    service: str
    port: int
    path: str
    why: str

    @property
    def tls(self) -> bool:
        """Whether it is asked over TLS."""
        return self.why.startswith("https")


@dataclass(frozen=True, slots=True)
class Drillable:
    """One service: what can be drilled of it, or why it is left alone."""

    service: str
    instances: int
    what: str  # "PostgreSQL", "a job", "answers at /health" ...
    left_alone: str = ""
    restarts: str = "no"


def drillables(composed: Composed) -> Iterator[Drillable]:
    """Every service, in the file's order."""
    jobs = composed.jobs()
    for name, service in composed.services.items():
        job = name in jobs
        left = ""
        if job:
            left = "it is a job that ends, and others wait for its end"
        elif service.instances < 1:
            left = "the file runs no instance of it"
        elif service.network_mode.startswith("container:"):
            left = "it lives in a container that is none of this file's"
        what = "a job" if job else store_of(service) or _described(composed, name)
        yield Drillable(name, service.instances, what, left, service.restarts)


def doors(composed: Composed) -> list[Door]:
    """The published TCP ports, those that answer customers first."""
    found = [
        door
        for name, service in composed.services.items()
        if name not in composed.jobs() and service.instances
        for door in _doors(name, service)
    ]
    return sorted(found, key=lambda door: _rank(composed, door))


def target(composed: Composed) -> str:
    """The service that a first drill breaks: customers feel it, and nobody's data is in it."""
    able = [each.service for each in drillables(composed) if not each.left_alone]
    behind = [door.service for door in doors(composed)]
    for candidates in (behind, able):
        for name in candidates:
            if name in able and not store_of(composed.services[name]):
                return name
    return next(iter(able), "")


def store_of(service: Service) -> str:
    """The kind of database, cache or queue that a service is; "" for none.

    It is known by the name of its image, or by the port that it publishes, as one that is built.
    """
    image = service.image.rsplit("/", 1)[-1].partition("@")[0].partition(":")[0].lower()
    words = re.split(r"[-_.]", image)
    if "exporter" in words:  # it looks at one
        return ""
    by_name = next((kind for word, kind in _STORES.items() if word in words), "")
    by_port = next((_PORTS[each.target] for each in service.ports if each.target in _PORTS), "")
    return by_name or by_port


def _doors(name: str, service: Service) -> Iterator[Door]:
    asked = [urlsplit(url) for url in _asked(service)]
    for port in dict.fromkeys(each.target for each in service.ports if each.protocol == "tcp"):
        url = next((url for url in asked if (url.port or _default(url.scheme)) == port), None)
        if url is not None:
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            yield Door(name, port, path, f"{url.scheme}: its health check asks {path} there")
        else:
            yield Door(name, port, "", "the file publishes it, and nothing says what it answers")


def _asked(service: Service) -> list[str]:
    """The addresses of its own that its health check asks."""
    test = (service.healthcheck or {}).get("test") or ()
    text = test if isinstance(test, str) else " ".join(map(str, test))
    return _URL.findall(text)


def _default(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _rank(composed: Composed, door: Door) -> tuple[object, ...]:
    service = composed.services[door.service]
    web = _WEB.index(door.port) if door.port in _WEB else len(_WEB)
    return (bool(store_of(service)), not door.path, web)


def _described(composed: Composed, name: str) -> str:
    ports = ", ".join(str(door.port) for door in _doors(name, composed.services[name]))
    return f"publishes {ports}" if ports else "publishes no port"
