"""The addresses under which a room is reached, and their QR codes."""

import io
import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Say whether an address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def network_address(host: str) -> str:
    """Give the address to put into links: the host itself, or for one that means all, this machine's own.

    Nothing is sent: a datagram socket that is pointed somewhere only says by which address it would go.
    """
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host
    if not everywhere:
        return f"[{host}]" if ":" in host else host
    for family, far in ((socket.AF_INET, "10.255.255.255"), (socket.AF_INET6, "fd00::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((far, 9))
                found = str(probe.getsockname()[0])
        except OSError:
            continue
        if not is_loopback(found):
            return f"[{found}]" if ":" in found else found
    return socket.gethostname()


def qr_svg(link: str) -> str:
    """Draw a link as a QR code in SVG, dark on light whatever the page's colours."""
    import segno

    drawn = io.BytesIO()
    segno.make(link, micro=False, error="m").save(
        drawn, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True, title="QR"
    )
    return drawn.getvalue().decode()
