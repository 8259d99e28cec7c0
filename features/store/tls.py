"""What OpenSSL says when two sides do not come together, and what to do about it."""

SIGNS = (  # what it says -> the cure, in which names of settings are put
    (
        ("Hostname mismatch", "IP address mismatch"),
        "its certificate is for another name: in {address} write the one that it is for",
    ),
    (("certificate has expired",), "its certificate has expired: have it renewed"),
    (("CERTIFICATE_VERIFY_FAILED",), "nobody trusted here has signed its certificate: let {authorities} name the file of who did"),
    (
        ("CERTIFICATE_REQUIRED", "certificate required", "BAD_CERTIFICATE", "UNKNOWN_CA"),
        "it wants a certificate that it trusts: {own}",
    ),
    (("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"), "it does not speak TLS at this port: check the port in {address}"),
)


def tls_cure(words: str, authorities: str, address: str) -> str | None:
    """Return what to do about a refusal in these words, or None where TLS is not what failed.

    Args:
        words: the error's.
        authorities: the setting of the trusted authorities, such as REDIS_SSL_CA_FILE.
        address: the setting of the server's address.
    """
    own = f"set {authorities.replace('_CA_', '_CERT_')} and {authorities.replace('_CA_', '_KEY_')}"
    for signs, cure in SIGNS:
        if any(sign in words for sign in signs):
            return cure.format(authorities=authorities, address=address, own=own)
    return None
