"""The names that the code of a page reads, those that it defines, and those of the browser."""

import re

# Names of the browser, of Vue and of Vuetify.
BROWSER_NAMES = {
    *re.findall(
        r"\w+",
        """
    activeElement closest defaultPrevented freeze from get hypot isConnected move setAttribute toExponential
    AudioContext Plots PI abs add addEventListener altKey append appendChild at body button cancelAnimationFrame
    checkValidity checked classList className clientHeight clientWidth clientX clientY clipboard code concat
    contains createElement ctrlKey currentTarget cursor dark dataset disconnect documentElement download entries
    every exports fill filter find findIndex flat flatMap floor focus forEach fromEntries getBoundingClientRect
    getContext getElementById getItem setItem localStorage head height href includes indexOf innerHTML innerWidth isArray join key keys left length location
    map matches matchMedia max metaKey middle min normalize now number observe offsetHeight offsetWidth onerror onload
    padEnd padStart paddingLeft paddingRight parentElement parse pop pow preventDefault prevent push
    querySelector querySelectorAll reduce remove removeEventListener replace reportValidity
    requestAnimationFrame reverse right round scrollIntoView select set shiftKey sign sin cos sqrt slice some
    sort split startsWith stop stopPropagation stringify style submit tabIndex target test textContent theme
    then toFixed toLocaleString toLowerCase toPrecision toUpperCase toggle top trim trimEnd trunc type value
    values width x y
    ceil click createElementNS drawImage files get has purge react readAsDataURL result serializeToString setAttribute shapes src tickformat toDataURL
    """,
    )
}


def template_code(template: str) -> str:
    """Return the expressions and the script of a template, without comments and quoted texts."""
    markup, _, script = template.partition("<script>")
    bound = re.findall(r'\s(?::|@|v-)[\w.:\[\]-]+="([^"]*)"', markup) + re.findall(r"\{\{(.*?)\}\}", markup, re.DOTALL)
    script = re.sub(r"(?<!:)//[^\n]*|/\*.*?\*/", "", script, flags=re.DOTALL)
    return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", "\n".join([*bound, script]))


def names_read(template: str) -> set[str]:
    """Return the members that a template reads, including destructured ones."""
    code = template_code(template)
    members = set(re.findall(r"(?<=[\w)\]?])\.([A-Za-z_]\w*)", code))
    destructured = re.findall(r"(?:const|let) \{([^{}=]*)\} =", code)
    return members | {
        part.split(":")[0].strip()
        for each in destructured
        for part in re.sub(r"\[[^\]]*\]", "", each).split(",")
        if "..." not in part
    }


def names_defined(template: str) -> set[str]:
    """Return the names of variables, functions, properties and references that a template defines."""
    code = template_code(template)
    own = {*re.findall(r"\bref=\"(\w+)\"", template), *re.findall(r"\b(\w+) = ", code)}
    for properties in re.findall(r"\bprops: \[([^\]]*)\]", template):
        own |= {*re.findall(r"\w+", properties)}
    given = re.findall(r"\b([A-Za-z_]\w*)(?=\s*(?::|\([\w\s,{}=\[\]]*\) \{))", code)
    known = re.findall(r"\bthis\.(det_\w+)|\.(?:dataset|\$refs)\.(\w+)|\bwindow\.(\w+)", code)
    return {*own, *given, *(name for each in known for name in each if name)}
