"""What the house knows: articles in several languages, with versions, owners and days of review.

Here: articles with their texts, categories, versions, publishing, search among staff, what the public may read.
Not here: the public help pages themselves, which the public site serves from `queries.public_articles`.
Events in: none. Events out: ArticlePublished.
To add a language: `models.Language`; to change how Markdown is drawn: rendering.py.
"""
