"""The dead man's switch: addresses that are called after each tick that went well or did not, as healthchecks.io and others take them."""

from .config_checks import Bridge
from .settings import Secret

_SECONDS = 10


def beat(bridge: Bridge, *, well: bool) -> str:
    """The address for a tick that went well, or did not, was called if there is one; an empty string, or which one could not be and why."""
    address = bridge.heartbeat if well else bridge.heartbeat_fail
    why = "" if address is None else _call(address)
    return why and f"the address of {'heartbeat' if well else 'heartbeat_fail'} did not take the call: {why}"


def _call(address: Secret) -> str:
    """The address was called; an empty string, or why it could not be, without the address itself, which is a secret."""
    import requests

    with requests.Session() as session:
        session.trust_env = False  # as everywhere: nothing of the environment decides where a request goes
        try:
            answer = session.get(address.reveal(), timeout=_SECONDS, stream=True, allow_redirects=False)
        except (requests.RequestException, ValueError, OSError) as error:
            return type(error).__name__
        answer.close()
        return "" if answer.status_code < 300 else f"HTTP {answer.status_code}"
