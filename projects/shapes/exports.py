"""An export as clients see it."""

from typing import Any

from projects.models import Export
from projects.shapes.takes import API


def export_shape(export: Export) -> dict[str, Any]:
    """An export."""
    base = f"{API}/exports/{export.pk}"
    return {
        "id": str(export.pk),
        "film_id": str(export.film_id) if export.film_id else None,
        "project_id": str(export.project_key) if export.project_key else None,
        "preset": export.preset,
        "options": {key: value for key, value in export.options.items() if key != "items"},
        "status": export.status,
        "progress": export.progress,
        "error": (
            {"code": export.error_code, "params": export.error_params, "support_id": str(export.pk)[-8:]}
            if export.error_code
            else None
        ),
        "media_url": f"{base}/media" if export.asset_id else None,
        "sidecars": [{"name": name, "url": f"{base}/sidecars/{name}"} for name in sorted(export.sidecars)],
        "created_at": export.created_at.isoformat(),
        "finished_at": export.finished_at.isoformat() if export.finished_at else None,
        "expires_at": export.expires_at.isoformat() if export.expires_at else None,
    }
