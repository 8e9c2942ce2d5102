"""Who may reach the addresses of this app; see ``core/may.py`` for the words.

The sample document is private: its author alone reads it (``access.may_read``). What staff and everybody may read is
tried in ``tests/web/library/test_access.py``.
"""

from __future__ import annotations

from kechuang.web.core.may import AUTHOR, EVERYBODY, OFFICERS, Row, action, form, operation, page

ROWS: dict[str, Row] = {
    "library:documents": page("政策库", "The library", EVERYBODY, private=AUTHOR),
    "library:documents?q=首次认定": page("在政策库里查找", "Search in the library", EVERYBODY, private=AUTHOR),
    "library:upload": form("添加文件", "Add documents", OFFICERS),
    "library:compare": page("比较各地做法", "Compare documents", EVERYBODY),
    "library:compare?q=奖励": page("查找并比较", "Search and compare", EVERYBODY, private=AUTHOR),
    "library:document": page("库里的一份文件", "One document", AUTHOR, private=AUTHOR),
    "library:show_to": action("给谁看", "Whom it is shown to", AUTHOR),
    "library:new_edition": form("添加修订版", "Add a new edition", AUTHOR, private=AUTHOR),
    "library:changes": page("和上一版比", "Against the edition before", AUTHOR, private=AUTHOR),
    "library:export": form("导出城市包草稿", "Export a draft pack", AUTHOR, private=AUTHOR),
    "library:review": page("核对", "Review", AUTHOR, private=AUTHOR),
    "library:add": action("加条目", "Add an item", AUTHOR, private=AUTHOR),
    "library:act": action("确认、否定、撤销条目", "Confirm, reject or undo an item", AUTHOR),
    "library:edit": form("修改条目", "Edit an item", AUTHOR),
    "library:divide": action("拆分、合并条目", "Split or merge items", AUTHOR),
    "library:try": page("试算", "Try a measure", AUTHOR, private=AUTHOR),
    "GET /library/documents": operation("政策库", "The library", EVERYBODY, private=AUTHOR),
    "GET /library/documents?q=首次认定": operation(
        "在政策库里查找", "Search in the library", EVERYBODY, private=AUTHOR
    ),
    "POST /library/documents": operation("交一份文件", "Hand in a document", OFFICERS, private=OFFICERS),
    "GET /library/documents/{public_id}/reading": operation("读出的结构", "What was read", AUTHOR, private=AUTHOR),
    "GET /library/documents/{public_id}/items": operation("条目", "Items", AUTHOR, private=AUTHOR),
    "POST /library/documents/{public_id}/items": operation("加条目", "Add an item", AUTHOR),
    "PUT /library/documents/{public_id}/items/{item_id}": operation("修改条目", "Edit an item", AUTHOR),
    "POST /library/documents/{public_id}/items/{item_id}/confirm": operation("确认条目", "Confirm an item", AUTHOR),
    "POST /library/documents/{public_id}/items/{item_id}/reject": operation("否定条目", "Reject an item", AUTHOR),
    "POST /library/documents/{public_id}/items/{item_id}/undo": operation("撤销", "Undo", AUTHOR),
    "POST /library/documents/{public_id}/items/{item_id}/explain": operation("试算", "Try a measure", AUTHOR),
    "POST /library/documents/{public_id}/export": operation(
        "导出城市包草稿", "Export a draft pack", AUTHOR, private=AUTHOR
    ),
    "GET /library/documents/{public_id}/changes": operation(
        "和上一版比", "Against the edition before", AUTHOR, private=AUTHOR
    ),
    "GET /library/compare?q=奖励": operation("比较", "Compare", EVERYBODY, private=AUTHOR),
    "POST /library/files": operation("交文件", "Hand in files", OFFICERS, private=OFFICERS),
    "POST /library/documents/{public_id}/editions": operation("交新版", "Hand in an edition", AUTHOR, private=AUTHOR),
    "PUT /library/documents/{public_id}/visibility": operation("谁能看", "Who may read", AUTHOR, private=AUTHOR),
    "GET /library/documents/{public_id}/unread": operation("没有归类的句子", "Sentences that became nothing", AUTHOR),
    "POST /library/documents/{public_id}/items/{item_id}/split": operation("拆分条目", "Split an item", AUTHOR),
    "POST /library/documents/{public_id}/items/{item_id}/merge": operation("合并条目", "Join items", AUTHOR),
}
