"""The way to a Qdrant server: this machine, or a host that the settings allow; no other is ever contacted."""

import os
import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from msgspec import Struct
from qdrant_client import QdrantClient

from memex.core.errors import SettingsError
from memex.core.settings import QdrantServer
from memex.index.errors import IndexUnreachableError

API_KEY_VARIABLE = "MEMEX_QDRANT_API_KEY"
PORT = 6333
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class Address(Struct, frozen=True):
    host: str
    port: int
    tls: bool
    path: str = ""

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.path}"


def server_address(server: QdrantServer) -> Address:
    """SettingsError for an address that cannot be meant, IndexUnreachableError for a host not allowed."""
    address = _parsed(server.url)
    allowed = {host.strip("[]").casefold() for host in server.allowed_hosts}
    if not is_loopback(address.host) and address.host not in allowed:
        raise IndexUnreachableError(
            f"Memex does not contact {address.host}: add it to allowed_hosts in the settings if it may "
            "(`memex move --allow-host`)."
        )
    return address


def connect(server: QdrantServer) -> QdrantClient:
    """Contacts nobody yet."""
    address = server_address(server)
    return QdrantClient(
        host=f"[{address.host}]" if ":" in address.host else address.host,
        port=address.port,
        https=address.tls,
        prefix=address.path or None,
        timeout=server.timeout_seconds,
        headers=_key(address),  # with `api_key`, the client warns of a loopback connection without TLS
        check_compatibility=False,  # it would ask in a thread of its own, and print what it finds
        **_transport(server, address),
    )


def connect_for_files(server: QdrantServer) -> httpx.Client:
    """For snapshots, which the client does not read or send in pieces. Contacts nobody yet."""
    address = server_address(server)
    return httpx.Client(
        base_url=address.url,
        headers=_key(address),
        timeout=server.timeout_seconds,
        **_transport(server, address),
    )


def _key(address: Address) -> dict[str, str]:
    key = os.environ.get(API_KEY_VARIABLE)
    if not key:
        return {}
    if not address.tls and not is_loopback(address.host):
        raise SettingsError(f"The API key is not sent to {address.host} in the clear: use https:// there.")
    return {"api-key": key}


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parsed(url: str) -> Address:
    """Only what is read here is ever used of the URL, so no second reader can see another host in it."""
    wrong = SettingsError(f"The server's URL must be like http://localhost:6333, not {url!r:.100}.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        raise wrong from None
    surplus = parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or surplus or not _is_host(host):
        raise wrong
    return Address(host, port or PORT, parts.scheme == "https", parts.path.rstrip("/"))


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return _HOST.fullmatch(host) is not None
    return True


def _transport(server: QdrantServer, address: Address) -> dict[str, Any]:
    """Of httpx, which follows no redirects. Nor are proxies of the environment followed, to other hosts."""
    options: dict[str, Any] = {"trust_env": False}
    if address.tls and server.ca_file:
        if not Path(server.ca_file).is_file():
            raise SettingsError(
                f"There is no certificate in {server.ca_file}: correct ca_file in the settings."
            )
        options["verify"] = ssl.create_default_context(cafile=server.ca_file)
    return options
