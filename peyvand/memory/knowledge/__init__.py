"""What we know how to answer: articles in several languages, with versions, owners and dates of review.

Here: articles, their versions, categories, search, who sees what (staff or everyone).
Not here: the public pages that show them (doors.site), suggestions while typing.
Events in: none. Events out: ArticlePublished, ArticleWithdrawn.
"""
