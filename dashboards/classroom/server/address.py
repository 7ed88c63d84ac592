"""The addresses of the server, and QR codes."""

import io
import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Return whether a host is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def network_address(host: str) -> str:
    """Return the host for links: the host itself or, for a wildcard such as 0.0.0.0, this machine's address.

    No packet is sent: connecting a datagram socket only selects the local address.
    """
    try:
        is_wildcard = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host
    if not is_wildcard:
        return f"[{host}]" if ":" in host else host
    for family, target in ((socket.AF_INET, "10.255.255.255"), (socket.AF_INET6, "fd00::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                address = str(probe.getsockname()[0])
        except OSError:
            continue
        if not is_loopback(address):
            return f"[{address}]" if ":" in address else address
    return socket.gethostname()


def qr_svg(link: str) -> str:
    """Return the QR code of a link as SVG, dark on light in every colour scheme."""
    import segno

    image = io.BytesIO()
    segno.make(link, micro=False, error="m").save(
        image, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True, title="QR"
    )
    return image.getvalue().decode()
