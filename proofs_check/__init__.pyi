from . import exact as exact
from .claim import Claim as Claim
from .claim import Evidence as Evidence
from .claim import Grade as Grade
from .claim import Verdict as Verdict
from .engine.catalogue import claims as claims
from .engine.runner import run as run
from .engine.verdicts import Report as Report
