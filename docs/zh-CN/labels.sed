# What mdBook writes on its buttons, in Chinese. `scripts/book` puts it into the pages of this edition and into mdBook's scripts.
s|"Table of contents"|"目录"|
s|"Toggle Table of Contents"|"显示或隐藏目录"|g
s|"Change theme"|"换一种颜色"|g
s|"Themes"|"颜色"|
s|>Auto<|>跟随系统<|
s|>Light<|>浅色<|
s|>Rust</button>|>铁锈</button>|
s|>Coal<|>炭黑<|
s|>Navy<|>藏青<|
s|>Ayu<|>墨蓝<|
s|"Search (`/`)"|"搜索（按 /）"|
s|"Toggle Searchbar"|"显示或隐藏搜索框"|
s|"Search this book ..."|"搜索本书……"|
s|"Search Result Teaser"|"找到的文字"|
s|"Print this book"|"打印全书"|g
s|"Page navigation"|"前后翻页"|
s|"Previous chapter"|"上一页"|g
s|"Next chapter"|"下一页"|g
s|'Copy to clipboard'|'复制'|
s|'Copied!'|'已复制'|
s|'Clipboard error!'|'没有复制成功'|
s|>Keyboard shortcuts<|>快捷键<|
s|Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters|<kbd>←</kbd> 上一页，<kbd>→</kbd> 下一页|
s|Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book|<kbd>S</kbd> 或 <kbd>/</kbd> 搜索本书|
s|Press <kbd>?</kbd> to show this help|<kbd>?</kbd> 显示这份帮助|
s|Press <kbd>Esc</kbd> to hide this help|<kbd>Esc</kbd> 关闭这份帮助|
s|>Document not found (404)<|>没有这一页（404）<|
s|This URL is invalid, sorry. Please use the navigation bar or search to continue.|地址不对。请从目录里选一页，或者搜索。|
