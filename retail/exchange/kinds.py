"""The kinds of table that can be brought in and taken out."""

from retail.exchange import customers, prices, products, stock
from retail.exchange.models import Kind
from retail.exchange.tables import Table

TABLES: dict[Kind, Table] = {
    Kind.PRODUCTS: products.TABLE,
    Kind.PRICES: prices.TABLE,
    Kind.STOCK: stock.TABLE,
    Kind.CUSTOMERS: customers.TABLE,
}
